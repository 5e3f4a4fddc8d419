// Reads one base64 text per line and answers, line by line, with the base64
// of JSON.stringify(JSON.parse(text)), or with "error".
const lines = require('fs').readFileSync(0, 'utf8').split('\n');
const out = lines.map((line) => {
  try {
    const text = Buffer.from(line, 'base64').toString('utf8');
    return Buffer.from(JSON.stringify(JSON.parse(text))).toString('base64');
  } catch (err) {
    return 'error';
  }
});
process.stdout.write(out.join('\n'));
