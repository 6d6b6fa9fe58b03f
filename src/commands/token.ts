/** `slipway token`: bootstrap tokens as kubeadm has them, one command a file. */
import { Command } from 'commander'
import type { Redactor } from '../report/redact.ts'
import { createTokenCommand } from './token-create.ts'
import { deleteTokensCommand } from './token-delete.ts'
import { listTokensCommand } from './token-list.ts'
import { rotateTokensCommand } from './token-rotate.ts'

export const tokenCommand = (redactor: Redactor): Command =>
  new Command('token')
    .addCommand(createTokenCommand(redactor))
    .addCommand(listTokensCommand(redactor))
    .addCommand(deleteTokensCommand(redactor))
    .addCommand(rotateTokensCommand(redactor))
