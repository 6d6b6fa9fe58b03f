/** `slipway bundle keygen`: the key that signs what this machine makes, made when there is none; prints its public half. */
import { createPublicKey } from 'node:crypto'
import { Command } from 'commander'
import { publicKeyLine } from '../bundle/public-key.ts'
import { signingKey, signingKeyFile } from '../bundle/signing-key.ts'

export const keygenCommand = (): Command =>
  new Command('keygen')
    .description('make the key that signs bundles, unless there is one; print its public half')
    .action(async () => {
      const { key, made } = await signingKey()
      const where = signingKeyFile()
      process.stderr.write(
        made
          ? `made ${where}: whoever has it signs as you do; keep a copy where nobody else comes\n`
          : `${where} was there already, and stays\n`,
      )
      process.stdout.write(`${publicKeyLine(createPublicKey(key))}\n`)
    })
