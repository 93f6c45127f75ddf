// node validate.js SCHEMA DOCUMENT [SCHEMA DOCUMENT ...]: prints what is wrong and ends with 1, or ends with 0.
'use strict';
const { readFileSync } = require('node:fs');
const Ajv = require('ajv');
const formats = require('ajv-formats');

let failed = false;
for (let i = 2; i < process.argv.length; i += 2) {
  const ajv = new Ajv({ allErrors: true, strict: false });
  formats(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(process.argv[i], 'utf8')));
  if (!validate(JSON.parse(readFileSync(process.argv[i + 1], 'utf8')))) {
    failed = true;
    console.log(process.argv[i + 1], JSON.stringify(validate.errors, null, 1));
  }
}
process.exit(failed ? 1 : 0);
