import { z } from 'zod'
import type { Scene } from './scene.ts'

/** Who is meant: by age, by chance (the same one each time the scenario is played), or the n-th oldest. */
export const Which = z.union([z.enum(['newest', 'oldest', 'random']), z.int().min(1)], {
  error: ({ input }) =>
    `has to be newest, oldest, random, or 2 for the second oldest, not ${JSON.stringify(input)}`,
})

export type Which = z.output<typeof Which>

export function pick(which: Which, oldestFirst: readonly string[], random: () => number): string | undefined {
  if (which === 'newest') return oldestFirst.at(-1)
  if (which === 'oldest') return oldestFirst[0]
  if (which === 'random') return oldestFirst[Math.floor(random() * oldestFirst.length)]
  return oldestFirst[which - 1]
}

/** The instances that live and are to stay, oldest first. */
export function instancesIn({ world, workload }: Scene): string[] {
  const alive = new Set(world.cloud.alive())
  return Object.values(world.disk.state.hosts)
    .flatMap(({ entries }) => entries)
    .filter((entry) => entry.workload === workload && entry.drain === undefined && alive.has(entry.id))
    .toSorted((a, b) => a.placedAt - b.placedAt || a.id.localeCompare(b.id, 'en', { numeric: true }))
    .map(({ id }) => id)
}

/** The hosts that exist and run, oldest first. */
export function hostsIn({ world }: Scene): string[] {
  return world.cloud.hosts().flatMap(({ name, state }) => (state === 'running' ? [name] : []))
}
