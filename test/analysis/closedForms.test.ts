import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { erlangB, erlangC, jacksonTandem, md1, mg1, mm1, mm1k, mmc } from '../../src/analysis/closedForms';

const loads = fc.double({ min: 0.01, max: 0.99, noNaN: true });

describe('closed forms', () => {
  it('give the textbook values', () => {
    expect(mm1(0.8, 1).meanPresent).toBeCloseTo(4, 12);
    expect(md1(0.8, 1).meanPresent).toBeCloseTo(2.4, 12);
    expect(mmc(1.6, 1, 2).meanPresent).toBeCloseTo(1.6 / (1 - 0.64), 12); // 2ρ / (1 − ρ²)
    expect(erlangB(2, 3)).toBeCloseTo(4 / 19, 12);
    expect(erlangC(2, 3)).toBeCloseTo(4 / 9, 12);
    expect(mm1k(1, 1, 4).lossShare).toBeCloseTo(1 / 5, 12);
  });

  it('obey Little’s law', () => {
    fc.assert(
      fc.property(loads, fc.integer({ min: 1, max: 12 }), (rho, n) => {
        const open = [mm1(rho, 1), md1(rho, 1), mmc(rho * n, 1, n), mm1k(2 * rho, 1, n)];
        const rates = [rho, rho, rho * n, 2 * rho];
        open.forEach((form, i) => {
          const entering = rates[i] * (1 - form.lossShare);
          expect(form.meanSojourn * entering).toBeCloseTo(form.meanPresent, 9);
        });
      }),
    );
  });

  it('agree where one is a case of another', () => {
    fc.assert(
      fc.property(loads, (rho) => {
        expect(mmc(rho, 1, 1).meanPresent).toBeCloseTo(mm1(rho, 1).meanPresent, 9);
        expect(mg1(rho, 1, 1).meanPresent).toBeCloseTo(mm1(rho, 1).meanPresent, 9);
        expect(mm1k(rho / 2, 1, 400).meanPresent).toBeCloseTo(mm1(rho / 2, 1).meanPresent, 9);
        expect(jacksonTandem(rho, [1, 2])[1]).toEqual(mm1(rho, 2));
      }),
    );
  });

  it('refuse a load that no queue survives', () => {
    expect(() => mm1(1, 1)).toThrow('arrival rate 1 is not below the 1 × 1 served');
    expect(() => mmc(3, 1, 2)).toThrow(RangeError);
  });
});
