/** The file that we write is an OCI layout to others, too: skopeo reads images straight out of a bundle. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256 } from '../../../src/bundle/oci.ts'
import { imageBundle, rowOf } from '../../support/image-bundle.ts'
import { skopeo } from '../../support/registry-image.ts'
import { scratchDirectory } from '../../support/scratch.ts'

test('each image is there by its name, for its architecture, with what it runs', async () => {
  const rows = [rowOf('one'), rowOf('two')]
  const { file, manifests } = await imageBundle(rows, 'arm64')
  for (const [at, { name, entrypoint }] of rows.entries()) {
    const image = `oci-archive:${file}:${name}`
    expect(sha256(skopeo('inspect', '--raw', image))).toBe(manifests[at]?.digest)
    expect(JSON.parse(skopeo('inspect', image))).toMatchObject({ Architecture: 'arm64', Os: 'linux' })
    expect(JSON.parse(skopeo('inspect', '--config', image))).toMatchObject({
      config: { Entrypoint: entrypoint },
    })
    const copied = scratchDirectory('copied')
    skopeo('copy', '--quiet', '--override-arch=arm64', image, `dir:${copied}`)
    expect(sha256(readFileSync(join(copied, 'manifest.json')))).toBe(manifests[at]?.digest)
  }
})
