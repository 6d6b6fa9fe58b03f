/** The JSON Schema of a cluster file, for editors and other tools. It is made from the shape, so it says what is accepted. */
import { z } from 'zod'
import { clusterSchema } from './schema.ts'

export type JsonSchema = Readonly<Record<string, unknown>>

/** Draft 7 is what the YAML language server, and so nearly every editor, understands completely. */
export const clusterJsonSchema = (): JsonSchema => {
  const { $schema, ...schema } = z.toJSONSchema(clusterSchema, { io: 'input', target: 'draft-7' })
  return { $schema, title: 'Slipway cluster file (slipway/v1)', ...schema }
}
