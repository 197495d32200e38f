import { generate } from './generate.ts'
import type { Order, Report } from './order.ts'

// The load runs in a process of its own. Its order is the one argument; what it says is JSON, a line each.
const order = JSON.parse(process.argv[2] ?? '') as Order
const say = (report: Report): void => void process.stdout.write(`${JSON.stringify(report)}\n`)
say(await generate(order, say))
