/** `slipway bundle`: makes bundles and shows what is in them. */
import { Command } from 'commander'
import { createCommand } from './bundle-create.ts'
import { diffCommand } from './bundle-diff.ts'
import { inspectCommand } from './bundle-inspect.ts'
import { keygenCommand } from './bundle-keygen.ts'
import { pushCommand } from './bundle-push.ts'
import { sbomCommand } from './bundle-sbom.ts'
import { verifyCommand } from './bundle-verify.ts'
import { versionsCommand } from './bundle-versions.ts'

export const bundleCommand = (): Command =>
  new Command('bundle')
    .addCommand(createCommand())
    .addCommand(inspectCommand())
    .addCommand(verifyCommand())
    .addCommand(diffCommand())
    .addCommand(pushCommand())
    .addCommand(keygenCommand())
    .addCommand(sbomCommand())
    .addCommand(versionsCommand())
