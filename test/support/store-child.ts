import { execFileSync } from 'node:child_process'
import { writeFileSync, writeSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { emptyState, type StoreState } from '../../controller/decision/state.ts'
import { openFileStore } from '../../controller/store/file.ts'
import type { Store } from '../../controller/store/store.ts'
import { storeDeps } from './disk.ts'

// A process of its own that works on a state folder: `store-child.ts hold|save|fill DIR [TIME]`. It says what it did in JSON lines.

const [mode = '', dir = '', time = '0'] = process.argv.slice(2)

// Written at once, so that what was said before a SIGKILL has been heard.
const say = (line: object): void => void writeSync(1, `${JSON.stringify(line)}\n`)

const open = () => openFileStore({ ...storeDeps(), dir })

const stateOf = (counter: number, padding = 0): StoreState => ({
  ...emptyState,
  counter,
  lists: { padding: { members: ['x'.repeat(padding)], writtenAt: 0 } },
})

/** Opens at the given moment, together with the others, and holds on. */
async function hold(): Promise<void> {
  while (Date.now() < Number(time));
  const outcome = await open()
  if (outcome.kind === 'refused') return say(outcome)
  say({ kind: 'open', epoch: outcome.store.epoch })
  setInterval(() => undefined, 60_000)
}

/** Saves one state after the other and says each that was acknowledged. */
async function save(): Promise<void> {
  const store = await opened()
  let { revision, state } = await store.load()
  for (;;) {
    state = stateOf(state.counter + 1, 20_000)
    const outcome = await store.save(revision, state)
    say({ ...outcome, counter: state.counter })
    if (outcome.kind === 'saved') revision = outcome.revision
  }
}

/** Fills the disk under the store, frees it, and opens it when it is read-only. */
async function fill(): Promise<void> {
  const store = await opened()
  say(await store.save(0, stateOf(1)))
  const ballast = join(dir, 'ballast')
  takeTheRest(ballast)
  const before = await readFile(join(dir, 'state.json'), 'utf8')
  say(await store.save(1, stateOf(2, 20_000)))
  say({ kind: 'whole', same: (await readFile(join(dir, 'state.json'), 'utf8')) === before })
  await store.close()
  say(await open())
  await rm(ballast)
  const next = await opened()
  const { revision, state } = await next.load()
  say({ kind: 'loaded', revision, counter: state.counter })
  say(await next.save(revision, stateOf(3, 20_000)))
  await next.close()
  execFileSync('/bin/mount', ['-o', 'remount,ro', dir])
  say(await open())
}

function takeTheRest(path: string): void {
  for (let size = 65_536; size >= 1; size = Math.floor(size / 2)) {
    try {
      writeFileSync(path, 'x'.repeat(size), { flag: 'a' })
    } catch {
      // What fits has been written; go on with less.
    }
  }
}

async function opened(): Promise<Store> {
  const outcome = await open()
  if (outcome.kind === 'open') return outcome.store
  throw new Error(outcome.detail)
}

const modes: Readonly<Record<string, () => Promise<void>>> = { hold, save, fill }
await modes[mode]?.()
