// Tones for gates without a buzzer, made here. A browser that allows no sound before a touch stays silent.

const LATE_MS = 300;
let speaker = null;

function tone(frequency, begins, lasts, volume = 0.25) {
  const at = speaker.currentTime + begins;
  const source = speaker.createOscillator();
  const level = speaker.createGain();
  source.type = "triangle";
  source.frequency.value = frequency;
  level.gain.setValueAtTime(0, at);
  level.gain.linearRampToValueAtTime(volume, at + 0.01);
  level.gain.setValueAtTime(volume, at + lasts - 0.03);
  level.gain.linearRampToValueAtTime(0, at + lasts);
  source.connect(level).connect(speaker.destination);
  source.start(at);
  source.stop(at + lasts);
}

const TUNES = {
  yes: () => { tone(880, 0, 0.1); tone(1318, 0.11, 0.16); },
  out: () => { tone(1318, 0, 0.1); tone(880, 0.11, 0.16); },
  no: () => { tone(220, 0, 0.28); tone(196, 0.34, 0.4); },
  alarm: () => { for (let n = 0; n < 4; n += 1) { tone(1480, n * 0.5, 0.22, 0.5); tone(1109, n * 0.5 + 0.25, 0.22, 0.5); } },
};

export async function play(tune) {
  speaker ??= new AudioContext();
  const asked = performance.now();
  if (speaker.state !== "running") await speaker.resume();
  if (performance.now() - asked < LATE_MS) TUNES[tune]();
}
