import type { Clock } from './clock.ts'
import type { Told } from './delivery.ts'
import type { Ledger } from './ledger.ts'
import type { Log } from './log.ts'

/** While a server stays away, it is said again so often, in ms. */
const REMIND_EVERY = 300_000

/** Puts into the log how it goes with one server: once when it changes, and now and then while it is away. */
export const createTelling = (server: string, ledger: Ledger, log: Log, clock: Clock): Told => {
  let awaySince: number | undefined = clock.now()
  let told: number | undefined
  let isCatchingUp = false

  const away = () => Math.round((clock.now() - (awaySince ?? clock.now())) / 1_000)

  return {
    up() {
      const lines = ledger.owed()
      log.info({ server, ...(told !== undefined && { awaySeconds: away() }), lines }, 'connected')
      isCatchingUp = lines > 0
      awaySince = undefined
      told = undefined
    },
    lost(why, again) {
      awaySince = clock.now()
      told = clock.now()
      log.warn(
        { server, why, again },
        'the connection is lost; what it may have lost is sent again, new lines wait on disk',
      )
    },
    unreachable(why) {
      awaySince ??= clock.now()
      if (told !== undefined && clock.now() - told < REMIND_EVERY) return
      told = clock.now()
      log.warn(
        { server, why, awaySeconds: away(), lines: ledger.owed() },
        'the server cannot be reached; lines wait on disk',
      )
    },
    confirmed() {
      if (!isCatchingUp || ledger.owed() > 0) return
      isCatchingUp = false
      log.info({ server }, 'all that waited is delivered')
    },
  }
}
