import { createHash } from 'node:crypto'
import {
  Metadata,
  type MethodDefinition,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import { meet } from './faults.ts'
import type { CallKind, FakeCall, Log } from './log.ts'
import { Refused } from './refused.ts'
import { CODE, type Fault, type Status, type Weather } from './weather.ts'

/** A call that is carried out. `at`: epoch ms. */
export interface Call {
  at: number
  caller: string
  key?: string
  /** What is asked for, with the method, in short: equal requests have equal ones. */
  digest(): string
  /** It found an operation of the same key. */
  repeated(): void
  /** It is about the VM with this id. */
  concerns(vm: string): void
}

/** Answers a request, or throws `Refused`. */
export type Handler<Q, A> = (request: Q, call: Call) => A

/** What the server asks of the cloud behind it. */
export interface Desk {
  /** Epoch ms; all that was due until then has happened. */
  now(): number
  random(): number
  weather(): Weather
  log: Log
  fault(method: string, call: CallKind, at: number): Fault | undefined
  /** Does it at that time, epoch ms. */
  later(at: number, act: (at: number) => void): void
  /** Whose call it is; throws `Refused`. */
  callerOf(authorization: string | undefined, at: number): string
  /** The VM that an id of a VM or an operation belongs to. */
  about(request: object): Pick<CallKind, 'name' | 'vm'>
}

export type Unary = <Q extends object, A>(
  definition: MethodDefinition<Q, A>,
  handler: Handler<Q, A>,
  open?: 'open',
) => (call: ServerUnaryCall<Q, A>, callback: sendUnaryData<A>) => void

/** Turns handlers into methods of a server: faults, tokens, the log and the shape of errors are here. */
export function unaryOn(desk: Desk): Unary {
  const shapeIsHeaders = () => {
    const { errorShape } = desk.weather()
    return errorShape === 'headers' || (errorShape === 'mixed' && desk.random() < 0.5)
  }

  return (definition, handler, open) => (call, callback) => {
    const at = desk.now()
    const { service, method } = namesOf(definition.path)
    const key = textOf(call.metadata, 'idempotency-key')
    const kind: CallKind = {
      service,
      method,
      mutating: isMutating(service, method),
      ...(key !== undefined && { key }),
      ...desk.about(call.request),
    }
    const entry: FakeCall = { at, ...kind }
    desk.log.calls.push(entry)

    const refuse = ({ code, message }: Status) => {
      entry.code = code
      if (shapeIsHeaders()) call.sendMetadata(new Metadata())
      callback({ code, details: message })
    }
    const carryOut = (time: number): { kind: 'answer'; value: ReturnType<typeof handler> } | Refused => {
      try {
        const caller =
          open === 'open' ? 'anybody' : desk.callerOf(textOf(call.metadata, 'authorization'), time)
        if (open !== 'open') entry.caller = caller
        const digest = () => digestOf(definition.path, definition.requestSerialize(call.request))
        const repeated = () => {
          entry.repeated = true
        }
        const concerns = (vm: string) => {
          entry.vm = vm
        }
        const value = handler(call.request, {
          concerns,
          at: time,
          caller,
          ...(key !== undefined && { key }),
          digest,
          repeated,
        })
        return { kind: 'answer', value }
      } catch (error) {
        if (error instanceof Refused) return error
        throw error
      }
    }

    const fault = desk.fault(`${service}/${method}`, kind, at)
    if (fault !== undefined) {
      meet(fault, entry, { at, carryOut, refuse, later: desk.later })
      return
    }
    const outcome = carryOut(at)
    if (outcome instanceof Refused) {
      refuse(outcome)
      return
    }
    entry.code = CODE.ok
    callback(null, outcome.value)
  }
}

/** Methods of the service that have no handler are answered UNIMPLEMENTED. */
export function complete(
  service: ServiceDefinition,
  handlers: UntypedServiceImplementation,
  unary: Unary,
): UntypedServiceImplementation {
  const all: UntypedServiceImplementation = { ...handlers }
  for (const [name, definition] of Object.entries(service))
    all[name] ??= unary(definition, () => {
      throw new Refused(CODE.unimplemented, `${definition.path} is not implemented by the fake`)
    })
  return all
}

function namesOf(path: string): { service: string; method: string } {
  const [, full = '', method = ''] = path.split('/')
  return { service: full.slice(full.lastIndexOf('.') + 1), method }
}

const isMutating = (service: string, method: string): boolean =>
  service !== 'IamTokenService' && !/^(Get|List)/.test(method)

function textOf(metadata: Metadata, key: string): string | undefined {
  const value = metadata.get(key)[0]
  return value === undefined ? undefined : String(value)
}

const digestOf = (path: string, bytes: Buffer): string =>
  createHash('sha1').update(path).update(bytes).digest('base64')
