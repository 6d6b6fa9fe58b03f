/** `slipway bundle verify`: whether a bundle is whole, and signed by whom. Exit code 2 when it is not. */
import { Command } from 'commander'
import { openBundle } from '../bundle/open.ts'
import { mustBeSignedBy } from '../bundle/pinned-signer.ts'
import { verifyBundle } from '../bundle/verify.ts'
import { counted, megabytesText } from '../report/words.ts'
import { publicKeyOf } from './public-key-flag.ts'

export const verifyCommand = (): Command =>
  new Command('verify')
    .description('read every byte of a bundle and say whether it is what was signed')
    .argument('<file>')
    .option(
      '--public-key <key>',
      'refuse it unless this key signed it (one line, or a file with it or its PEM)',
    )
    .action(async (file: string, { publicKey }: { readonly publicKey?: string }) => {
      const wanted = publicKey === undefined ? undefined : publicKeyOf(publicKey)
      const bundle = await openBundle(file)
      if (wanted !== undefined) mustBeSignedBy(bundle, wanted, '--public-key')
      const { blobs, bytes } = await verifyBundle(bundle)
      process.stdout.write(
        `${file}: ok, ${counted(blobs, 'blob')}, ${megabytesText(bytes)}, signed by ${bundle.signer}\n`,
      )
    })
