/** Under which licence a Go module is, as its own LICENSE says: bundle/licences.yaml. Takes a module's path; gives an SPDX expression. */
import { parse } from 'yaml'
import { z } from 'zod'
import { shippedText } from '../../shipped.ts'

export type Licences = Readonly<Record<string, string>>

const table = z.record(z.string(), z.string())

export const knownLicences = (): Licences => table.parse(parse(shippedText('bundle/licences.yaml')))
