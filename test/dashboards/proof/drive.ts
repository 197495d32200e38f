import type { World } from './world.ts'

/** Makes something happen; answers how to end it, where it does not end by itself. */
export type Drive = (world: World) => Promise<undefined | void | (() => void | Promise<void>)>
