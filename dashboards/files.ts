import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dashboards } from './all.ts'
import { type Model, readModel } from './model.ts'

/** A dashboard: the name of its file without .json. */
export type BoardName = keyof typeof dashboards

const isBoardName = (name: string): name is BoardName => name in dashboards

/** All of them, in the order in which an operator looks at them. */
export const boardNames: readonly BoardName[] = Object.keys(dashboards).filter(isBoardName)

export const boardFile = (name: BoardName): string => join(import.meta.dirname, `${name}.json`)

/** The committed dashboard. */
export const readBoard = async (name: BoardName): Promise<Model> =>
  readModel(JSON.parse(await readFile(boardFile(name), 'utf8')))
