const DAY = 86_400_000;
const days = new Map(); // '2024-05-01T' by number of the day
const twoDigits = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));

/** Milliseconds as Shopify writes a time: ISO 8601, UTC, whole seconds. Much faster than Date for millions of rows. */
export function seconds(ms) {
  if (ms === null || ms === undefined) return null;
  const day = Math.floor(ms / DAY);
  let text = days.get(day);
  if (text === undefined) days.set(day, text = `${new Date(day * DAY).toISOString().slice(0, 11)}`);
  const rest = Math.floor((ms - day * DAY) / 1000);
  const minutes = (rest / 60) | 0;
  return `${text}${twoDigits[(minutes / 60) | 0]}:${twoDigits[minutes % 60]}:${twoDigits[rest % 60]}Z`;
}
