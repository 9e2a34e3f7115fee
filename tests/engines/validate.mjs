// SHACL engines of npm, called as their READMEs say:
//   node validate.mjs ENGINE SHAPES DATA…
// ENGINE is rdf-validate-shacl, shacl-engine or shacl-engine-sparql. Each DATA is validated alone. Prints a line for
// each result: data, focus node, path, constraint component, severity, with tabs between. Exit code 0 without a result,
// 1 with one, 2 where the engine cannot use the shapes.
import rdf from '@zazuko/env-node'

const engines = {
  async 'rdf-validate-shacl' (shapes) {
    const { default: Validator } = await import('rdf-validate-shacl')
    const validator = new Validator(shapes, { factory: rdf })
    return dataset => validator.validate(dataset)
  },
  async 'shacl-engine' (shapes) {
    const { Validator } = await import('shacl-engine')
    const validator = new Validator(shapes, { factory: rdf })
    return dataset => validator.validate({ dataset })
  },
  async 'shacl-engine-sparql' (shapes) {
    const { Validator } = await import('shacl-engine')
    const { validations } = await import('shacl-engine/sparql.js')
    const validator = new Validator(shapes, { factory: rdf, validations })
    return dataset => validator.validate({ dataset })
  }
}

const read = file => rdf.dataset().import(rdf.fromFile(file))
const focus = term => term.termType === 'NamedNode' ? term.value : 'a blank node'
const path = steps => Array.isArray(steps)
  ? steps.length === 1 && steps[0].predicates.length === 1 && steps[0].start === 'subject' ? steps[0].predicates[0].value : 'a path'
  : !steps ? '' : steps.termType === 'NamedNode' ? steps.value : 'a path'

const [engine, shapes, ...files] = process.argv.slice(2)
let results = 0
try {
  const validate = await engines[engine](await read(shapes))
  for (const file of files) {
    const report = await validate(await read(file))
    for (const result of report.results) {
      const component = result.sourceConstraintComponent ?? result.constraintComponent
      const row = [focus(result.focusNode.term ?? result.focusNode), path(result.path), component.value, result.severity.value]
      console.log([file, ...row].join('\t'))
      results++
    }
  }
} catch (error) {
  console.error(`${engine}: ${error.stack}`)
  process.exit(2)
}
process.exit(results ? 1 : 0)
