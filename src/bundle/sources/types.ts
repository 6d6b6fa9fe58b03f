/** What a source of bundles is: it takes what is wanted and gives an entry a row, their blobs in the store. */
import type { Versions } from '../catalog.ts'
import type { BinaryRow, ImageRow } from '../contents.ts'
import type { Entry } from '../make.ts'
import type { Say } from '../say.ts'

export type Wanted = {
  readonly versions: Versions
  readonly arch: string
  readonly binaries: readonly BinaryRow[]
  readonly images: readonly ImageRow[]
  readonly say: Say
}

export type BundleSource = (wanted: Wanted) => Promise<readonly Entry[]>
