import type { Words } from "./words";

const books = (count: number): string => (count === 1 ? "1 book" : `${count} books`);
const days = (count: number): string => (count === 1 ? "1 day" : `${count} days`);

export const en: Words = {
  languageName: "English",
  chooseLanguage: "Language",

  hello: "Hello!",
  whatToDo: "What would you like to do?",
  borrow: "Borrow",
  borrowHow: "Tap your card on the reader",
  borrowHowWithoutCards: "Scan your card, or type your number",
  borrowTouch: "No card? Touch here",
  giveBack: "Return",
  giveBackHow: "No card needed",
  giveBackTouch: "Touch here to begin",
  onPad: (count) => `${books(count)} on the pad. Tap your card to borrow, or touch Return.`,
  noSlipToday: "No slips today. You can still borrow and return.",
  fewSlips: "Slip paper is running low.",

  typeTitle: "Tap your card, or type your number",
  typeTitleWithoutCards: "Scan your card, or type your number",
  typeHint: "Your member number is on your card.",
  yourNumber: "Your number",
  erase: "Delete",
  submit: "OK",
  back: "Back",

  looking: "Just a moment…",
  notKnownTitle: "We could not find you",
  notKnownHint: "Was that a book? Show your card first. To bring a book back, touch Return.",
  tryNumber: "Type my number",
  firstScreen: "First screen",

  greet: (name) => `Hello, ${name}!`,
  loansBefore: (count) => (count === 0 ? "You have no other books." : `You have ${books(count)} already.`),
  overdueBefore: (count) => `${books(count)} overdue`,
  scanTitle: "Scan your books",
  scanHint: "One by one, or put them all on the pad.",
  returnTitle: "Return books",
  returnScan: "Scan the books you bring back",
  returnHint: "One by one, or put them all on the pad.",
  nextBook: "Scan the next one, or touch Done.",
  lentCount: (count) => (count === 0 ? "Nothing borrowed yet" : `${books(count)} borrowed`),
  returnedCount: (count) => (count === 0 ? "Nothing returned yet" : `${books(count)} returned`),

  renewedCount: (count) => `${books(count)} renewed`,
  lookAtLoans: "See or renew my books",
  myBooks: (count) => `You have ${books(count)}`,
  backToBooks: "Back",
  renew: "Renew",
  renewAll: "Renew all",

  checking: "Checking…",
  due: (date) => `Due ${date}`,
  dueUnknown: "Ask for the due date at the desk",
  renewed: (date) => `Renewed, now due ${date}`,
  overdueSince: (date) => `Overdue since ${date}`,
  onTime: "Returned. Thank you!",
  late: (count) => `Returned, ${days(count)} late`,
  fine: (baht) => `Fine ${baht} baht, please pay at the desk`,
  wasIn: "Taken in. It was not on loan.",
  again: "Already on the list",
  kept: "The main system is away. This kiosk keeps your record safe.",

  finishWithSlip: "Done, print a slip",
  finishWithoutSlip: "Done, no slip",
  finish: "Done",
  leave: "Go back",

  printing: "Printing your slip…",
  doneLoan: (count) => `${books(count)} borrowed`,
  doneReturn: (count) => `${books(count)} returned`,
  bringBack: (date) => `Bring back by ${date}`,
  totalFine: (baht) => `Fine ${baht} baht. Please pay at the desk.`,
  enjoy: "Enjoy reading!",
  thanks: "Thank you for bringing them back!",
  slip: {
    printed: "Please take your slip.",
    no_paper: "No slip today, but all is recorded.",
    failed: "The slip did not print, but all is recorded.",
  },

  stillThere: "Are you still there?",
  wipesIn: (seconds) => `Going back to the first screen in ${seconds === 1 ? "1 second" : `${seconds} seconds`}`,
  stay: "I am still here",

  unavailable: "This kiosk is taking a rest",
  unavailableHint: "It cannot read books now. Please go to the desk.",
  oneMoment: "One moment, please",
  oneMomentHint: "The kiosk will be back by itself.",
};
