// Text without anybody's data that looks as if it had some.
import { pick } from './values.mjs';

const int = (draw, low, high) => low + Math.floor(draw() * (high - low + 1));
const digits = (draw, length) => Array.from({ length }, (_, i) => int(draw, i ? 0 : 1, 9)).join('');
const hex = (draw, length) => Array.from({ length }, () => int(draw, 0, 15).toString(16)).join('');
const uuid = (draw) => `${hex(draw, 8)}-${hex(draw, 4)}-4${hex(draw, 3)}-a${hex(draw, 3)}-${hex(draw, 12)}`;
const two = (number) => String(number).padStart(2, '0');
const moment = (draw) =>
  `2026-${two(int(draw, 1, 12))}-${two(int(draw, 1, 28))}T${two(int(draw, 0, 23))}:${two(int(draw, 0, 59))}:${two(int(draw, 0, 59))}.${digits(draw, 3)}Z`;

const LOOKALIKES = [
  (draw) => `pedido ${digits(draw, 11)}`,
  (draw) => `order ${digits(draw, 10)} shipped`,
  (draw) => `"ts": ${1_764_000_000_000 + int(draw, 0, 9e8)}`,
  (draw) => `epoch ${1_764_000_000 + int(draw, 0, 9e6)}`,
  (draw) => `request ${uuid(draw)}`,
  (draw) => `commit ${hex(draw, 40)}`,
  (draw) => `sha256 ${hex(draw, 64)}`,
  (draw) => `version ${int(draw, 0, 20)}.${int(draw, 0, 30)}.${int(draw, 0, 99)}`,
  (draw) => moment(draw),
  (draw) => `${two(int(draw, 0, 23))}:${two(int(draw, 0, 59))}:${two(int(draw, 0, 59))}`,
  (draw) => `${int(draw, 1, 28)}/${int(draw, 1, 12)}/2025`,
  (draw) => `R$ ${digits(draw, 2)}.${digits(draw, 3)},${digits(draw, 2)}`,
  (draw) => `protocolo ${digits(draw, 14)}`,
  (draw) => `tracking ${digits(draw, 12)}`,
  (draw) => `ISBN 978-${int(draw, 0, 9)}-${digits(draw, 3)}-${digits(draw, 5)}-${int(draw, 0, 9)}`,
  (draw) => `v${int(draw, 1, 9)}.${int(draw, 0, 9)}.${int(draw, 0, 9)}.${int(draw, 0, 9)}`,
  (draw) => `nota fiscal ${digits(draw, 9)}`,
  (draw) => `item ${digits(draw, 16)}`,
  (draw) => `0.${digits(draw, 11)}`,
  (draw) => `span ${hex(draw, 16)} trace ${hex(draw, 32)}`,
  (draw) => `ticket #${digits(draw, 8)}`,
  () => `git@host.example.com:team/repo.git`,
  (draw) => `chunk-${hex(draw, 8)}@2x.png`,
  (draw) => `total ${digits(draw, 5)} bytes in ${digits(draw, 3)} ms`,
  (draw) => `snowflake ${digits(draw, 18)}`,
  (draw) => `factura ${digits(draw, 4)}-${digits(draw, 8)}`,
];
export const lookalike = (draw) => pick(draw, LOOKALIKES)(draw);

/** A server's log without addresses, of so many characters. */
export function makeLog(draw, length) {
  const lines = [];
  for (let size = 0; size < length; size += lines.at(-1).length + 1)
    lines.push(
      pick(draw, [
        () =>
          `${moment(draw)} INFO [http] GET /api/v1/items/${digits(draw, int(draw, 3, 12))} 200 ${digits(draw, 2)}ms req=${uuid(draw)}`,
        () =>
          JSON.stringify({
            level: 30,
            time: 1_764_000_000_000 + int(draw, 0, 9e8),
            pid: int(draw, 100, 32_000),
            reqId: hex(draw, 16),
            bytes: Number(digits(draw, 7)),
            duration: draw() * 1000,
            id: Number(digits(draw, 11)),
          }),
        () =>
          `[${digits(draw, 5)}.${digits(draw, 6)}] worker ${int(draw, 1, 64)}: job ${digits(draw, 10)} done, offset ${digits(draw, 12)}, checksum ${hex(draw, 32)}`,
        () =>
          `${moment(draw)} WARN retry ${int(draw, 1, 5)}/5 of batch ${digits(draw, 8)}-${digits(draw, 4)} after ${digits(draw, 4)} us (trace ${hex(draw, 32)})`,
        () => `    at Object.run (/srv/app/dist/queue/worker-${hex(draw, 6)}.js:${digits(draw, 3)}:${digits(draw, 2)})`,
      ])(),
    );
  return lines.join('\n').slice(0, length);
}
