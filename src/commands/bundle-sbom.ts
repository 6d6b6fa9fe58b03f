/** `slipway bundle sbom`: prints a bundle's bill of materials. */
import { Command } from 'commander'
import { openBundle } from '../bundle/open.ts'
import { bomText } from '../bundle/sbom/read-bom.ts'
import { UserError } from '../errors.ts'

export const sbomCommand = (): Command =>
  new Command('sbom')
    .description('print what everything in a bundle is made of (CycloneDX 1.6, JSON)')
    .argument('<file>')
    .action(async (file: string) => {
      const bom = await bomText(await openBundle(file))
      if (bom === undefined)
        throw new UserError(`${file} has no bill of materials: it was made before there were any`, {
          hint: 'make it anew: slipway bundle create',
        })
      process.stdout.write(`${bom}\n`)
    })
