import { CODE } from './weather.ts'

/** What a handler throws so that its caller is told a status. `code`: of gRPC. */
export class Refused extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

export const invalid = (message: string): Refused => new Refused(CODE.invalidArgument, message)
export const notFound = (message: string): Refused => new Refused(CODE.notFound, message)
export const exhausted = (message: string): Refused => new Refused(CODE.resourceExhausted, message)
export const unready = (message: string): Refused => new Refused(CODE.failedPrecondition, message)
