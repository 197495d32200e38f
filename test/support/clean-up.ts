import { afterAll } from 'vitest'
import { cleanUp } from './process.ts'

// A setup file, since it is run anew for each test file; a module that files of one process share is not.
afterAll(cleanUp)
