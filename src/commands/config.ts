/** `slipway config`: looks at a cluster file without touching any host. Gives the commander command. */
import { Command, Option } from 'commander'
import { checkIds } from '../checks/index.ts'
import { clusterJsonSchema } from '../config/json-schema.ts'
import { readClusterText } from '../config/load.ts'
import { parseCluster } from '../config/parse.ts'
import { problemsError } from '../config/problems.ts'

type ValidateFlags = { readonly config: string; readonly output: 'text' | 'json' }

const printJson = (value: unknown): void => {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}

const validate = async ({ config: file, output }: ValidateFlags): Promise<void> => {
  const parsed = parseCluster(await readClusterText(file), file, { checkIds: checkIds() })
  if (output === 'json') printJson({ file, ...parsed })
  if (!parsed.ok) throw problemsError(file, parsed.problems)
  if (output === 'text') process.stdout.write(`${file}: ok, ${hostCount(parsed.config.hosts.length)}\n`)
}

const hostCount = (count: number): string => (count === 1 ? '1 host' : `${count} hosts`)

export const configCommand = (): Command => {
  const config = new Command('config')

  config
    .command('validate')
    .description('say all that is wrong with a cluster file; exit code 2 when anything is')
    .option('-c, --config <file>', 'cluster file', 'cluster.yaml')
    .addOption(new Option('--output <format>', 'how to say it').choices(['text', 'json']).default('text'))
    .action(validate)

  config
    .command('schema')
    .description('print the JSON Schema of cluster files, for editors')
    .action(() => printJson(clusterJsonSchema()))

  return config
}
