// Kills gateways and stops PostgreSQL while clients are at it.
import { setTimeout as sleep } from 'node:timers/promises';
import { chance } from '../drill/random.mjs';

/** PostgreSQL is away for that long, its recovery apart. */
const AWAY_MS = 1_500;

/**
 * @param {{seconds: number, seed: string, kills: number, stops: number, log: (line: string) => void}} options
 * @returns {Promise<{postgres: {from: number, to: number}[]}>} when PostgreSQL was away
 */
export async function havoc(rig, { seconds, seed, kills, stops, log }) {
  const draw = chance(seed, 'havoc');
  const [began, postgres] = [performance.now(), []];
  const until = (share) => sleep(Math.max(0, began + share * seconds * 1_000 - performance.now()));
  const killing = async () => {
    for (let i = 0; i < kills; i++) {
      await until((i + 0.4 + draw() * 0.4) / kills);
      const replica = rig.replicas[Math.floor(draw() * rig.replicas.length)];
      log(`${replica.name} is killed`);
      await replica.killAndStart();
    }
  };
  const stopping = async () => {
    for (let i = 0; i < stops; i++) {
      await until((i + 0.5 + draw() * 0.2) / stops);
      const from = Date.now();
      log('PostgreSQL is stopped at once');
      await rig.postgres.stopAtOnce();
      await sleep(AWAY_MS);
      await rig.postgres.startAgain();
      postgres.push({ from, to: Date.now() });
      log('PostgreSQL is back');
    }
  };
  await Promise.all([killing(), stopping()]);
  return { postgres };
}
