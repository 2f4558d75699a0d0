// The grammar on real files: scopes of tokens, written by hand, and no token of a good example that is called illegal.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const oniguruma = require('vscode-oniguruma');
const textmate = require('vscode-textmate');

const here = fileURLToPath(new URL('..', import.meta.url));
const examples = join(here, '../../rtr-examples');

const onigLib = oniguruma.loadWASM(readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm'))).then(() => ({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
}));
const grammarPath = join(here, 'syntaxes/rtr.tmLanguage.json');
const registry = new textmate.Registry({
    onigLib,
    loadGrammar: async () => textmate.parseRawGrammar(readFileSync(grammarPath, 'utf8'), grammarPath),
});
const grammar = await registry.loadGrammar('source.rtr');

/** The tokens of a text, each with its line from 1, its words and its innermost scope without the ending `.rtr`. */
function tokens(text) {
    let state = textmate.INITIAL;
    const found = [];
    text.split('\n').forEach((line, number) => {
        const result = grammar.tokenizeLine(line, state);
        state = result.ruleStack;
        for (const token of result.tokens) {
            const words = line.slice(token.startIndex, token.endIndex).trim();
            if (words !== '') {
                const scopes = token.scopes.map((scope) => scope.replace(/\.rtr$/, ''));
                found.push({ line: number + 1, words, scopes, scope: scopes.at(-1) });
            }
        }
    });
    return found;
}

function example(path) {
    return readFileSync(join(examples, path), 'utf8');
}

/** The scope of the first token with these words, behind another one where that is given. */
function scopeOf(all, words, behind) {
    const from = behind === undefined ? 0 : all.findIndex((token) => token.words === behind) + 1;
    const token = all.slice(from).find((it) => it.words === words);
    assert.ok(token, `no token ${words}`);
    return token.scope;
}

test('type properties, methods, directives and entries of an example', () => {
    const all = tokens(example('web/2.0/XMPL.web.rtr'));
    assert.equal(all[0].scopes[1], 'comment.line.number-sign');
    for (const [words, behind, scope] of [
        ['Resource_type', undefined, 'support.type.property-name'],
        ['web', 'Resource_type', 'string.quoted.double'],
        ['XMPL', 'Vendor_id', 'string.unquoted'],
        ['TRUE', 'Failover', 'constant.language.boolean'],
        ['2', 'API_version', 'constant.numeric.integer'],
        ['/opt/XMPLweb/2.0/bin', undefined, 'string.unquoted'],
        ['Start', undefined, 'entity.name.function.method'],
        ['Monitor_check', undefined, 'entity.name.function.method'],
        ['#$upgrade', undefined, 'keyword.control.directive'],
        ['#$upgrade_from', undefined, 'keyword.control.directive'],
        ['"1.0"', '#$upgrade_from', 'string.quoted.double.version'],
        ['WHEN_UNMONITORED', undefined, 'constant.language.tunability'],
        ['{', undefined, 'punctuation.section.block.begin'],
        ['PROPERTY', undefined, 'keyword.other.attribute'],
        ['Start_timeout', undefined, 'entity.name.property'],
        ['MIN', undefined, 'keyword.other.attribute'],
        ['SOFT', 'DEFAULT', 'string.unquoted'],
        ['ANYTIME', 'TUNABLE', 'constant.language.tunability'],
        ['EXTENSION', undefined, 'keyword.other.attribute'],
        ['STRING', 'EXTENSION', 'storage.type'],
        [';', undefined, 'punctuation.terminator.statement'],
    ]) {
        assert.equal(scopeOf(all, words, behind), scope, `${words} behind ${behind}`);
    }
});

test('literals, comments for rtreg, strings with what else means something, words in any case', () => {
    const all = tokens(
        [
            '# rtreg: allow(timeout_max, placeholder) because it is right',
            'rt_description = "a; {b} # c = d";  # a comment',
            'FAILOVER;',
            '{ property = "Mode"; extension; enum { Fast, "Safe" }; default = Fast; tunable = at_creation; Max = -1; }',
            'Start = "no end',
            'Stop = stop;',
            '#$upgrade_from "" WHEN_UNMANAGED and more',
            '#$other',
        ].join('\n'),
    );
    assert.equal(scopeOf(all, 'timeout_max, placeholder'), 'entity.name.tag.rule');
    assert.equal(scopeOf(all, 'a; {b} # c = d'), 'string.quoted.double');
    assert.equal(scopeOf(all, 'a comment'), 'comment.line.number-sign');
    assert.equal(scopeOf(all, 'FAILOVER'), 'support.type.property-name');
    assert.equal(scopeOf(all, '"Mode"'), 'entity.name.property');
    assert.equal(scopeOf(all, 'enum'), 'storage.type');
    assert.equal(scopeOf(all, 'Fast', 'enum'), 'constant.other.literal');
    assert.equal(scopeOf(all, 'Fast', 'default'), 'string.unquoted');
    assert.equal(scopeOf(all, 'at_creation'), 'constant.language.tunability');
    assert.equal(scopeOf(all, '-1'), 'constant.numeric.integer');
    // A missing quote spoils one line.
    assert.equal(scopeOf(all, 'Stop'), 'entity.name.function.method');
    assert.equal(scopeOf(all, '""'), 'string.quoted.double.version');
    assert.equal(scopeOf(all, 'and more'), 'invalid.illegal');
    assert.equal(scopeOf(all, '#$other'), 'invalid.illegal.directive');
});

test('in good examples everything is something, and nothing is illegal', () => {
    const files = readdirSync(examples, { recursive: true })
        .map((path) => path.split('\\').join('/'))
        .filter((path) => path.endsWith('.rtr') && !path.startsWith('broken/'));
    assert.ok(files.length > 15, `${files.length} files`);
    for (const path of files) {
        for (const token of tokens(example(path))) {
            const place = `${path}:${token.line}: ${token.words}`;
            assert.ok(!token.scopes.some((scope) => scope.startsWith('invalid')), place);
            assert.notEqual(token.scope, 'source', place);
            assert.notEqual(token.scope, 'meta.entry', place);
        }
    }
});

test('the manifest names files that are there, and the grammar its own scope', () => {
    const manifest = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
    const [language] = manifest.contributes.languages;
    const [grammars] = manifest.contributes.grammars;
    assert.equal(JSON.parse(readFileSync(join(here, grammars.path), 'utf8')).scopeName, grammars.scopeName);
    assert.ok(JSON.parse(readFileSync(join(here, language.configuration), 'utf8')).comments.lineComment);
    assert.match('Resource_type = web;', new RegExp(language.firstLine));
    assert.ok(readFileSync(join(here, manifest.main), 'utf8').includes('rtreg'), 'npm run build makes it');
    assert.ok(!readFileSync(join(here, 'package-lock.json'), 'utf8').includes('"resolved"'));
});
