import { readPair, type TlsFiles, type TlsPair, versionOf } from './tls-pair.ts'

/** Told what becomes of new files. */
export type RenewalObserver = { renewed(pair: TlsPair): void; refused(why: string): void }

/**
 * `version` is the one of the pair that is in force at first, `use` puts another one in force. `now` is the time in epoch
 * milliseconds; the files are looked at every `every` milliseconds.
 */
export type RenewalDeps = {
  files: TlsFiles
  version: string
  use: (pair: TlsPair) => void
  observer: RenewalObserver
  now: () => number
  every: number
}

export type Renewal = {
  /** Reads the files now, changed or not. */
  renew(): Promise<void>
  stop(): void
}

/**
 * Puts a new certificate in force when its files change; connections that are open keep theirs. Whatever is wrong with
 * a new pair leaves the old one in force, and is told once. The two files are not replaced in the same instant, so a
 * change counts when two looks in a row see the same.
 */
export const createRenewal = ({ files, version, use, observer, now, every }: RenewalDeps): Renewal => {
  let judged = version
  let seen = version

  const renew = async () => {
    const read = await readPair(files)
    judged = read.version
    if (read.kind === 'bad') return observer.refused(read.why)
    if (read.pair.notAfter <= now()) return observer.refused(`${files.cert} has expired`)
    use(read.pair)
    observer.renewed(read.pair)
  }

  const look = async () => {
    const current = await versionOf(files)
    if (current !== judged && current === seen) await renew()
    seen = current
  }

  const timer = setInterval(look, every)
  return { renew, stop: () => clearInterval(timer) }
}
