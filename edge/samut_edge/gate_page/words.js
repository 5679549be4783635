// What the gate says of itself, in Thai and English. Reasons come from the agent in both languages.

export const WORDS = {
  idle: ["แตะบัตรสมาชิก", "หรือสแกนคิวอาร์โค้ด", "Tap your library card, or scan your QR code"],
  in: ["ยินดีต้อนรับ", "", "Welcome"],
  out: ["แล้วพบกันใหม่", "", "See you again"],
  noIn: ["เข้าไม่ได้", "", "Entry refused"],
  noOut: ["กรุณาติดต่อบรรณารักษ์", "", "Please ask the librarian"],
  closed: ["งดเข้าชั่วคราว", "ทางออกเปิดตามปกติ", "No entry now. The way out is open."],
  class: ["เชิญทั้งชั้นเรียน", "", "Welcome to the class"],
  emergency: ["เหตุฉุกเฉิน", "กรุณาออกจากอาคาร ประตูเปิดอยู่", "Emergency. Please leave the building. The gate is open."],
  broken: ["ประตูขัดข้อง", "กรุณาติดต่อบรรณารักษ์", "Out of order. Please ask the librarian."],
  alarm: ["กรุณาหยุดสักครู่", "", "One moment, please"],
};

export const inside = (scene) => (scene.capacity === null
  ? `ข้างใน ${scene.inside} คน · ${scene.inside} inside`
  : `ข้างใน ${scene.inside} จาก ${scene.capacity} คน · ${scene.inside} of ${scene.capacity} inside`);

export const left = (scene) => [`เข้าได้อีก ${scene.left} คน`, `${scene.left} more may come in`];

export function hours(scene) {
  if (!scene.is_open) return scene.hours.length ? `วันนี้เปิด · Open today ${scene.hours.join(", ")}` : "ขณะนี้ปิด · Closed now";
  return scene.hours.length ? `เปิด · Open ${scene.hours.join(", ")}` : "เปิดทำการ · Open";
}

// What stands in the circle: lines on a field of 100 by 100.
export const SIGNS = {
  idle: "M24 34h52v32h-52zM24 45h52",
  in: "M20 50h46M48 30l20 20-20 20M80 22v56",
  out: "M20 22v56M34 50h46M62 30l20 20-20 20",
  yes: "M24 52l18 18 34-38",
  no: "M30 30l40 40M70 30l-40 40",
  alarm: "M50 22v36M50 74v4",
};
