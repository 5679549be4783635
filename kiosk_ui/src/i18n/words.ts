/** Every word of the page; each language must have all of them. */

import type { Ease, Happened, Hint, Language, PartState, ScreenOf, SlipOutcome } from "../flow";
import { en } from "./en";
import { th } from "./th";

export type Counted = (count: number) => string;
export type Filled = (text: string) => string;

export interface Words {
  languageName: string;
  chooseLanguage: string;

  ease: string;
  easier: Record<Ease, string>;

  hello: string;
  whatToDo: string;
  borrow: string;
  borrowHow: string;
  borrowHowWithoutCards: string;
  borrowTouch: string;
  giveBack: string;
  giveBackHow: string;
  giveBackTouch: string;
  onPad: Counted;
  noSlipToday: string;
  fewSlips: string;

  typeTitle: string;
  typeTitleWithoutCards: string;
  typeHint: string;
  yourNumber: string;
  erase: string;
  submit: string;
  back: string;

  looking: string;
  notKnownTitle: string;
  notKnownHint: string;
  tryNumber: string;
  firstScreen: string;

  greet: Filled;
  loansBefore: Counted;
  overdueBefore: Counted;
  scanTitle: string;
  scanHint: string;
  returnTitle: string;
  returnScan: string;
  nextBook: string;
  returnHint: string;
  lentCount: Counted;
  returnedCount: Counted;
  renewedCount: Counted;
  lookAtAccount: string;
  myBooks: Counted;
  backToBooks: string;
  renew: string;
  renewAll: string;

  setAside: Counted;
  setAsideTitle: string;
  fetchAt: (place: string, until: string) => string;
  noLoans: string;
  owed: Filled;
  memberUntil: Filled;
  pay: string;
  payTitle: string;
  payAmount: Filled;
  payTo: Filled;
  payHow: string[];
  payCode: string;
  payFailed: string;

  countTitle: Counted;
  countAsk: string;
  countHint: string;
  countAdvice: string[];
  countYes: Counted;
  countNo: string;

  hint: Record<Exclude<Hint, "">, string>;
  partsSeen: (seen: number, of: number) => string;
  partsHint: string;
  partsMissing: Filled;
  securing: string;
  releasing: string;
  layOnPad: string;
  layOnPadParts: Filled;
  takeToDesk: string;
  toDesk: Counted;
  found: string;

  staffMenu: string;
  outOfService: string;
  inService: string;
  putOut: string;
  putIn: string;
  testSlip: string;
  tested: Record<"testing" | "printed" | "failed", string>;
  restart: string;
  parts: string;
  /** What parts are usually called in the settings; others keep their own name. */
  partName: Record<string, string>;
  partState: Record<PartState, string>;
  lastHappened: string;
  nothingHappened: string;
  happened: Record<Happened, string>;

  checking: string;
  due: Filled;
  dueUnknown: string;
  renewed: Filled;
  overdueSince: Filled;
  onTime: string;
  late: Counted;
  fine: Filled;
  wasIn: string;
  again: string;
  kept: string;

  finishWithSlip: string;
  finishAndSend: Record<Exclude<ScreenOf<"borrowing">["slip_by"], "">, string>;
  notSent: string;
  notSentNoPaper: string;
  finishWithoutSlip: string;
  finish: string;
  leave: string;

  joinLine: string;
  joinLineTitle: string;
  joinLineHow: string[];
  joinLineFailed: string;
  joinLineCode: string;

  printing: string;
  sending: string;
  doneLoan: Counted;
  doneReturn: Counted;
  bringBack: Filled;
  totalFine: Filled;
  enjoy: string;
  thanks: string;
  slip: Record<Exclude<SlipOutcome, "not_wanted">, string>;

  stillThere: string;
  wipesIn: Counted;
  stay: string;

  unavailable: string;
  unavailableHint: string;
  oneMoment: string;
  oneMomentHint: string;
}

export const WORDS: Record<Language, Words> = { th, en };
export const LANGUAGES: readonly Language[] = ["th", "en"];
