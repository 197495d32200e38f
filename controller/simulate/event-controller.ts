import { z } from 'zod'
import { happening } from './happening.ts'

/** What happens to the controller itself. */
export const controllerEvents = {
  controllerRestarts: happening(
    z.literal(true),
    () => ({
      async begin(scene, lasts) {
        scene.controller?.memory.operations.close()
        scene.controller = lasts === undefined ? await scene.world.start() : undefined
        return undefined
      },
      async end(scene) {
        scene.controller = await scene.world.start()
      },
    }),
    'the controller is killed, and with `for` is started again only after that',
  ),
}
