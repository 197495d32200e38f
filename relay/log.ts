/** One JSON line for each thing that an operator should know of. */
export interface Log {
  info(about: object, text: string): void
  warn(about: object, text: string): void
  error(about: object, text: string): void
}

const LEVELS = { info: 30, warn: 40, error: 50 } as const

/** The lines of our other processes look alike (`level`, `time`, `name`, `msg`); a logging library would take more memory than all the rest. */
export const createLog = (write: (line: string) => void, wall: () => number): Log => {
  const at = (level: keyof typeof LEVELS) => (about: object, msg: string) =>
    write(`${JSON.stringify({ level: LEVELS[level], time: wall(), name: 'relay', ...about, msg })}\n`)
  return { info: at('info'), warn: at('warn'), error: at('error') }
}
