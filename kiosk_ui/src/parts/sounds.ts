/** Two short notes up for yes, one low for no. A page without sound is as good as one with. */

const YES = [659, 988];
const NO = [220];
const NOTE_SECONDS = 0.11;

let context: AudioContext | null = null;

export function soundYes(): void {
  play(YES);
}

export function soundNo(): void {
  play(NO);
}

function play(notes: number[]): void {
  context ??= new AudioContext();
  if (context.state !== "running") {
    void context.resume();
    return;
  }
  notes.forEach((note, index) => playNote(context as AudioContext, note, index * NOTE_SECONDS));
}

function playNote(on: AudioContext, hertz: number, after: number): void {
  const start = on.currentTime + after;
  const note = new OscillatorNode(on, { type: "sine", frequency: hertz });
  const loudness = new GainNode(on, { gain: 0 });
  loudness.gain.linearRampToValueAtTime(0.18, start + 0.015);
  loudness.gain.exponentialRampToValueAtTime(0.001, start + NOTE_SECONDS * 1.6);
  note.connect(loudness).connect(on.destination);
  note.start(start);
  note.stop(start + NOTE_SECONDS * 1.6);
}
