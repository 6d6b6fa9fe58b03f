/** `slipway certs`: what looks after the cluster's certificates and keys, one command a file. */
import { Command } from 'commander'
import type { Redactor } from '../report/redact.ts'
import { autoRenewCommand } from './certs-auto-renew.ts'
import { checkCommand } from './certs-check.ts'
import { csrCommand, importCommand } from './certs-csr.ts'
import { renewCommand } from './certs-renew.ts'
import { rescueCommand } from './certs-rescue.ts'
import { rotateCaCommand } from './certs-rotate.ts'
import { changePassphraseCommand, sealCommand, unsealCommand } from './certs-seal.ts'

export const certsCommand = (redactor: Redactor): Command =>
  new Command('certs')
    .addCommand(checkCommand(redactor))
    .addCommand(renewCommand(redactor))
    .addCommand(rescueCommand(redactor))
    .addCommand(autoRenewCommand())
    .addCommand(rotateCaCommand(redactor))
    .addCommand(csrCommand(redactor))
    .addCommand(importCommand(redactor))
    .addCommand(sealCommand(redactor))
    .addCommand(unsealCommand(redactor))
    .addCommand(changePassphraseCommand(redactor))
