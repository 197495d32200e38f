/** What can be told of a call before it is carried out. `name` and `vm`: the machine that it is about. */
export interface CallKind {
  /** Such as `InstanceService`. */
  service: string
  /** Such as `Create`. */
  method: string
  /** It changes something of the cloud, if it is carried out. */
  mutating: boolean
  /** The idempotency key. */
  key?: string
  name?: string
  vm?: string
}

/** A call that arrived, or would have. `code`: of gRPC, as the caller was told; absent where the caller got no answer. */
export interface FakeCall extends CallKind {
  /** Epoch ms, by the fake's clock. */
  at: number
  code?: number
  /** Whose token it bore. */
  caller?: string
  fault?: 'status' | 'lost-before' | 'lost-after' | 'hang' | 'late'
  /** It found an operation of the same key. */
  repeated?: true
}

export type EffectKind = 'made' | 'running' | 'stopped' | 'deleted' | 'metadata' | 'labels' | 'crashed'

/** Something that happened to a VM, whoever brought it about. `by`: the subject that asked for it. */
export interface Effect {
  at: number
  kind: EffectKind
  vm: string
  name: string
  by: string
  /** The whole metadata, after a change of it. */
  metadata?: Readonly<Record<string, string>>
}

/** The record of all that arrived and all that came of it, by which tests judge. */
export interface Log {
  calls: FakeCall[]
  effects: Effect[]
}

export const emptyLog = (): Log => ({ calls: [], effects: [] })
