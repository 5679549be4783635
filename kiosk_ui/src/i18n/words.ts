/** Every word of the page; each language must have all of them. */

import type { Language, ScreenOf, SlipOutcome } from "../flow";
import { en } from "./en";
import { th } from "./th";

export type Counted = (count: number) => string;
export type Filled = (text: string) => string;

export interface Words {
  languageName: string;
  chooseLanguage: string;

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
  lookAtLoans: string;
  myBooks: Counted;
  backToBooks: string;
  renew: string;
  renewAll: string;

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
