import type { Deps } from '../../controller/loop/deps.ts'
import type { FakeYandex } from './yandex/fake.ts'

/** What happened in a story, to be read when something was found in it. */
export interface Tale {
  /** Also writes down what these dependencies observe. */
  heard(deps: Deps): Deps
  say(line: string): void
  /** All of it, with what happened to VMs, in the order of time. */
  text(): string
}

export function newTale(fake: FakeYandex, now: () => number): Tale {
  const lines: { at: number; line: string }[] = []
  const say = (line: string): void => void lines.push({ at: now(), line })

  const heard = (deps: Deps): Deps => {
    say(`a controller starts, epoch ${deps.store.epoch}`)
    return {
      ...deps,
      observer: {
        ...deps.observer,
        stepped: ({ kind, sentence }) => say(`${kind}: ${sentence}`),
        called: (_pool, operation, outcome) => say(`${operation} was ${outcome}`),
        warned: (message, fields) => say(`${message} ${JSON.stringify(fields)}`),
      },
    }
  }

  const text = (): string => {
    const effects = fake.effects.map(({ at, kind, name, by, metadata }) => {
      const revision = /"?revision"?: \d+/.exec(metadata?.['docker-compose'] ?? '')?.[0] ?? ''
      return { at, line: `    ${name} ${kind} by ${by} ${revision}` }
    })
    const all = [...lines, ...effects].sort((a, b) => a.at - b.at)
    return all.map(({ at, line }) => `${new Date(at).toISOString().slice(11, 19)} ${line}`).join('\n')
  }
  return { heard, say, text }
}
