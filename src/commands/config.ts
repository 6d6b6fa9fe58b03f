/** `slipway config`: is a cluster file right, and what may be in one. */
import { Command, Option } from 'commander'
import { z } from 'zod'
import { checkIds } from '../checks/index.ts'
import { loadCluster } from '../config/load.ts'
import { clusterSchema } from '../config/schema.ts'

type ValidateFlags = { readonly config: string; readonly output: 'text' | 'json' }

const validate = (): Command =>
  new Command('validate')
    .description('say everything that is wrong with a cluster file; touch nothing')
    .option('-c, --config <file>', 'cluster file', 'cluster.yaml')
    .addOption(new Option('--output <format>', 'how to answer').choices(['text', 'json']).default('text'))
    .action(async ({ config: file, output }: ValidateFlags) => {
      const config = await loadCluster(file, { checkIds: checkIds() })
      const answer =
        output === 'json' ? JSON.stringify(config, undefined, 2) : `${file}: ok, ${config.hosts.length} hosts`
      process.stdout.write(`${answer}\n`)
    })

const schema = (): Command =>
  new Command('schema').description('print the JSON Schema of cluster files').action(() => {
    process.stdout.write(`${JSON.stringify(z.toJSONSchema(clusterSchema, { io: 'input' }), undefined, 2)}\n`)
  })

export const configCommand = (): Command =>
  new Command('config').description('cluster files').addCommand(validate()).addCommand(schema())
