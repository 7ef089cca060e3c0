import { isIPv4, isIPv6 } from 'node:net';

const LONGEST = 2_000;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
const DATE = /^\d{4}-(\d\d)-(\d\d)$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(?:\.\d{1,12})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;
const DURATION =
  /^P(?=.)(?:\d{1,12}W|(?:\d{1,12}Y)?(?:\d{1,12}M)?(?:\d{1,12}D)?(?:T(?=.)(?:\d{1,12}H)?(?:\d{1,12}M)?(?:\d{1,12}S)?)?)$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const MAILBOX = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}$/;
const SCHEME = /^[a-z][a-z0-9+.-]{0,30}:/i;

/** The formats that are held to; any other is a remark, as the standard has it. */
export const FORMATS: ReadonlyMap<string, (text: string) => boolean> = new Map(
  Object.entries({
    date: isDate,
    time: (text: string) => TIME.test(text),
    'date-time': isDateTime,
    duration: (text: string) => DURATION.test(text),
    email: isEmail,
    hostname: isHostname,
    ipv4: isIPv4,
    // a zone is of a machine, not of an address
    ipv6: (text: string) => isIPv6(text) && !text.includes('%'),
    uuid: (text: string) => UUID.test(text),
    uri: (text: string) => SCHEME.test(text) && !/[\s<>"{}|\\^`]/.test(text) && URL.canParse(text),
  }).map(([name, is]) => [name, (text: string) => text.length <= LONGEST && is(text)]),
);

function isDate(text: string): boolean {
  const [, month, day] = DATE.exec(text) ?? [];
  if (month === undefined || day === undefined) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day);
}

function isDateTime(text: string): boolean {
  return /^[T ]$/i.test(text.charAt(10)) && isDate(text.slice(0, 10)) && TIME.test(text.slice(11));
}

function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@');
  const box = text.slice(0, Math.max(0, at));
  const dotted = box.startsWith('.') || box.endsWith('.') || box.includes('..');
  return MAILBOX.test(box) && !dotted && isHostname(text.slice(at + 1));
}

function isHostname(text: string): boolean {
  return text.length <= 253 && text.split('.').every((label) => LABEL.test(label));
}
