import { SaxesParser } from 'saxes';
import { InputError, quote } from '../core';
import { TableBuilder, operationsSchema } from '../table';
import type { Detection, ParseContext, Trace, TraceFormat } from './format';
import { forEachLine, oddLine, prefixText } from './lines';

/**
 * The summary of Faban, the driver of CloudSuite's web serving: summary.xml, or the same within the log
 * that the client prints.
 *
 *     <benchResults>
 *       <benchSummary name="Elgg" version="0.1"> <metric unit="ops/sec">24.333</metric> <passed>true</passed> …
 *       <driverSummary name="ElggDriver">
 *         <users>50</users>
 *         <mix><operation name="Login"> <successes>1460</successes> <failures>0</failures> …
 *         <responseTimes unit="seconds"><operation name="Login" r90th="0.500"> <avg>0.029</avg> <p90th>0.060</p90th> …
 *         <delayTimes><operation name="Login" type="cycleTime"> <targetedAvg>1.995</targetedAvg> <actualAvg>…
 */
const START = /<\?xml|<benchResults\b/;
const END = '</benchResults>';
/** What ant prints first, which starts the client. */
const BUILD_LOG = 'Buildfile:';
const MAX_DEPTH = 32;

export const fabanFormat: TraceFormat = {
  id: 'faban',
  title: 'Faban summary (CloudSuite web serving)',
  fills: ['operations'],

  detect(prefix, complete): Detection {
    const text = prefixText(prefix);
    if (text.includes('<benchResults')) return 'yes';
    const begin = text.trimStart();
    // An XML file tells its root soon; the log of a client is known by who wrote it.
    const xml = begin === '' || (/^<[?!b]/.test(`${begin}?`) && begin.length <= 4096);
    const log = BUILD_LOG.startsWith(begin.slice(0, BUILD_LOG.length)) || begin.includes('com.sun.faban');
    return (xml || log) && !complete ? 'more' : 'no';
  },

  async parse(source, context): Promise<Trace> {
    const summary = new SummaryReader(context);
    const parser = new SaxesParser();
    let lineOfXml = 0;
    const refuse = (problem: string): never => {
      throw new InputError({ file: context.file, line: lineOfXml }, problem);
    };
    parser.on('doctype', () => refuse('a document type declaration: entities are refused'));
    parser.on('error', (error) => refuse(`damaged XML: ${error.message.replace(/^[^:]*:\d+:\d+:\s*/, '')}`));
    parser.on('opentag', ({ name, attributes }) => summary.open(name, attributes, lineOfXml));
    parser.on('text', (text) => summary.text(text));
    parser.on('closetag', ({ name }) => summary.close(name, lineOfXml));

    const xmlState: { at: 'before' | 'within' | 'after' } = { at: 'before' };
    await forEachLine(source, context, (text, line) => {
      lineOfXml = line;
      let xml = text;
      if (xmlState.at === 'before') {
        const start = START.exec(text);
        if (start === null) return;
        xmlState.at = 'within';
        xml = text.slice(start.index);
      }
      if (xmlState.at === 'after') return;
      const end = xml.indexOf(END);
      if (end >= 0) xmlState.at = 'after';
      parser.write(end >= 0 ? xml.slice(0, end + END.length) : `${xml}\n`);
    });
    if (summary.table.numRows === 0) {
      const seen = xmlState.at === 'before' ? 'no XML' : 'a summary without operations';
      throw InputError.expected({ file: context.file }, 'results of Faban', seen);
    }
    if (xmlState.at === 'within') {
      oddLine(context, 'faban/cut', 'summary that ends before its last element', lineOfXml, '');
    }
    return { format: this.id, tables: { operations: summary.table.finish() }, metadata: summary.metadata };
  },
};

type Measure = readonly [metric: string, statistic: string, unit: string];

/** Section and element within an operation → what it measures; times in seconds. */
const MEASURES: ReadonlyMap<string, Measure> = new Map<string, Measure>([
  ['mix/successes', ['successes', 'total', '1']],
  ['mix/failures', ['failures', 'total', '1']],
  ['mix/mix', ['share of the mix', 'actual', '1']],
  ['mix/requiredMix', ['share of the mix', 'required', '1']],
  ['responseTimes/avg', ['response time', 'mean', 's']],
  ['responseTimes/max', ['response time', 'max', 's']],
  ['responseTimes/sd', ['response time', 'stddev', 's']],
  ['delayTimes/targetedAvg', ['delay time', 'targeted mean', 's']],
  ['delayTimes/actualAvg', ['delay time', 'mean', 's']],
  ['delayTimes/min', ['delay time', 'min', 's']],
  ['delayTimes/max', ['delay time', 'max', 's']],
]);

class SummaryReader {
  readonly table;
  readonly metadata = new Map<string, string>();
  private readonly path: string[] = [];
  private operation = '';
  private driver = '';
  private unit = '';
  private content = '';

  constructor(private readonly context: ParseContext) {
    this.table = new TableBuilder(operationsSchema, {
      source: 'captured',
      run: context.run,
      repeat: context.repeat ?? 1,
    });
  }

  open(name: string, attributes: Readonly<Record<string, string>>, line: number): void {
    if (this.path.push(name) > MAX_DEPTH) {
      throw new InputError({ file: this.context.file, line }, `elements nested deeper than ${MAX_DEPTH}`);
    }
    if (name === 'operation') this.operation = attributes.name ?? '';
    if (name === 'driverSummary') this.driver = attributes.name ?? '';
    if (name === 'benchSummary')
      this.metadata.set('benchmark', `${attributes.name ?? ''} ${attributes.version ?? ''}`.trim());
    this.unit = attributes.unit ?? '';
    this.content = '';
  }

  text(text: string): void {
    this.content += text;
  }

  close(name: string, line: number): void {
    const [section, parent] = this.path.slice(-3, -1);
    this.path.pop();
    const content = this.content.trim();
    this.content = '';
    if (content === '') return;
    if (parent === 'operation') this.measure(section, name, content, line);
    else if (name === 'metric' && parent === 'driverSummary')
      this.number(this.driver, 'rate', 'total', this.unit, content, line);
    else if (name === 'metric' && parent === 'benchSummary') this.number('', 'rate', 'total', this.unit, content, line);
    else if (parent === 'driverSummary' || parent === 'benchSummary') {
      this.metadata.set(parent === 'benchSummary' ? name : `${this.driver} ${name}`, content);
    }
  }

  private measure(section: string, name: string, content: string, line: number): void {
    const percentile = /^p(\d+(?:\.\d+)?)th$/.exec(name);
    const measure = MEASURES.get(`${section}/${name}`);
    if (measure !== undefined) this.number(this.operation, ...measure, content, line);
    else if (percentile !== null && section === 'responseTimes') {
      this.number(this.operation, 'response time', `p${percentile[1]}`, 's', content, line);
    } else if (name === 'passed') this.metadata.set(`${section} ${this.operation} passed`, content);
    else oddLine(this.context, 'faban/unknown-measure', 'measure that is not known', line, `${section}/${name}`);
  }

  private number(
    operation: string,
    metric: string,
    statistic: string,
    unit: string,
    content: string,
    line: number,
  ): void {
    const value = Number(content);
    // Faban prints "NaN" and "Not Available" for operations that were never drawn.
    if (Number.isFinite(value)) this.table.push({ operation, metric, statistic, unit, value });
    else
      oddLine(
        this.context,
        'faban/no-number',
        'measure without a number',
        line,
        `${operation} ${metric} ${quote(content)}`,
      );
  }
}
