/** A bundle that nobody refuses, of a few bytes: everything that a cluster needs is in it by name. Gives the file. */
import { versionsOf } from '../../src/bundle/catalog.ts'
import { binaryRows, imageRows } from '../../src/bundle/contents.ts'
import { type SmallEntry, smallBundle } from './small-bundle.ts'

export const wholeBundle = (): string => {
  const versions = versionsOf('1.37.1')
  const binaries = binaryRows(versions, 'plain').map(
    ({ component, path, roles }): SmallEntry => ({ kind: 'binary', name: path, component, roles }),
  )
  const images = imageRows(versions, 'plain').map(
    ({ component, name, roles }): SmallEntry => ({ kind: 'image', name, component, roles }),
  )
  return smallBundle({ entries: [...binaries, ...images] })
}
