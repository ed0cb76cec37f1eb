#include "sim/fmath.h"

#include <float.h>
#include <math.h>

#include "sim/clones.h"
#include "sim/fmath_kernel.h"

double sim_log(double x)
{
    return sim_k_log(x);
}

double sim_log_one_plus(double x)
{
    const double u = 1.0 + x;

    /* what the sum lost is put back as a ratio; both factors are exact to the
     * last bits */
    return u > 1.0 ? sim_k_log(u) * (x / (u - 1.0)) : x;
}

double sim_exp(double x)
{
    return sim_k_exp(x);
}

double sim_exp2(double x)
{
    const double low = x < -1076.0 ? -1076.0 : x;
    const double t = low > 1025.0 ? 1025.0 : low;
    const double rounded = t + SIM_K_ROUND;
    const double r = (t - (rounded - SIM_K_ROUND)) * 0.69314718055994531;

    return sim_k_scale(1.0 + (r + r * r * sim_k_exp_rest(r)), rounded);
}

/* Exact product a b = value + *rest (Dekker 1971), without overflow for the
 * moderate arguments of sim_pow. */
static double two_product(double a, double b, double *rest)
{
    const double split = 134217729.0; /* 2^27 + 1 */
    const double ca = split * a, cb = split * b;
    const double ah = ca - (ca - a), bh = cb - (cb - b);
    const double al = a - ah, bl = b - bh;
    const double value = a * b;

    *rest = ((ah * bh - value) + ah * bl + al * bh) + al * bl;
    return value;
}

/* Sum a + b = value + *rest for |a| >= |b| or a = 0 (Dekker 1971). */
static double fast_two_sum(double a, double b, double *rest)
{
    const double value = a + b;

    *rest = b - (value - a);
    return value;
}

/* log x = value + *rest to about 1e-18 relative: a rounded log times y = 1000
 * would lose three digits of the power. */
static double log_two(double x, double *rest)
{
    double k, den_low, back_low, low, value;
    const double f = sim_k_split(x, &k);
    const double den = fast_two_sum(2.0, f, &den_low);
    const double s = f / den;
    const double back = two_product(s, den, &back_low);
    const double s_low = (((f - back) - back_low) - s * den_low) / den;
    const double tail = 2.0 * s_low + s * sim_k_atanh_rest(s * s);

    value = fast_two_sum(2.0 * s, tail, &low);
    if (k != 0.0) { /* |k ln 2| > |log(1 + f)| */
        double carry;
        value = fast_two_sum(k * SIM_K_LN2_HI, value, &carry);
        low += carry + k * SIM_K_LN2_LO;
    }
    return fast_two_sum(value, low, rest);
}

double sim_pow(double x, double y)
{
    double log_low, product_low;
    const double log_high = log_two(x, &log_low);
    const double guess = y * log_high;

    /* beyond the range of exp; the splitting below would overflow */
    if (!(fabs(guess) < 1000.0) || !(fabs(y) < 1e300))
        return sim_k_exp(guess);
    const double product = two_product(y, log_high, &product_low);
    const double rest = product_low + y * log_low;
    const double high = sim_k_exp(product);

    /* an infinite or zero power has no use for its correction */
    return high <= DBL_MAX ? high + high * rest : high;
}

void sim_sincos_2pi(double t, double *sin_out, double *cos_out)
{
    sim_k_sincos_2pi(t, sin_out, cos_out);
}

static double poly7(const double *c, double x)
{
    double y = c[7];

    for (int i = 6; i >= 0; i--)
        y = y * x + c[i];
    return y;
}

/* clang-format off */
/* Numerators and denominators of Wichura's PPND16: |p - 1/2| <= 0.425, then
 * r = sqrt(-log tail) <= 5, then beyond. */
static const double centre_num[8] = {
    3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
    1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
    3.3430575583588128105e4, 2.5090809287301226727e3};
static const double centre_den[8] = {
    1.0, 4.2313330701600911252e1, 6.8718700749205790830e2,
    5.3941960214247511077e3, 2.1213794301586595867e4, 3.9307895800092710610e4,
    2.8729085735721942674e4, 5.2264952788528545610e3};
static const double tail_num[8] = {
    1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
    3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
    2.27238449892691845833e-2, 7.74545014278341407640e-4};
static const double tail_den[8] = {
    1.0, 2.05319162663775882187e0, 1.67638483018380384940e0,
    6.89767334985100004550e-1, 1.48103976427480074590e-1, 1.51986665636164571966e-2,
    5.47593808499534494600e-4, 1.05075007164441684324e-9};
static const double far_num[8] = {
    6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
    2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
    2.71155556874348757815e-5, 2.01033439929228813265e-7};
static const double far_den[8] = {
    1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1,
    1.48753612908506148525e-2, 7.86869131145613259100e-4, 1.84631831751005468180e-5,
    1.42151175831644588870e-7, 2.04426310338993978564e-15};

/* exp(z^2 / 2) (z + 4) (1 - Phi(z)) as a polynomial in t = (z - 4) / (z + 4),
 * which maps z in [0, inf) to [-1, 1); relative error 4e-17. */
static const double mills[25] = {
    0.75528513041575152,    -0.6078966419718923,     0.38713740074221492,
    -0.18652185795963686,   0.06039657489091628,     -0.0075401889673798114,
    -0.0034796923670159545, 0.0016308184673265859,   0.00013334430908171582,
    -0.00023109501677276309, -1.9082443533272699e-06, 3.5145109363349597e-05,
    7.1665113249247854e-07, -5.9216040591368049e-06, -6.2981762638391565e-07,
    1.0247725556501154e-06, 2.7243118006227662e-07,  -1.5975933173279624e-07,
    -8.6831663300624078e-08, 1.7834255919187907e-08, 2.1403517077090645e-08,
    -5.8294069981259021e-10, -3.7211000660782776e-09, -1.2077188617310771e-10,
    3.3868130805377379e-10};
/* clang-format on */

double sim_normal_quantile(double p)
{
    const double q = p - 0.5;

    if (fabs(q) <= 0.425) {
        const double r = 0.180625 - q * q;
        return q * poly7(centre_num, r) / poly7(centre_den, r);
    }
    const double tail = q < 0.0 ? p : 1.0 - p;
    const double r = sqrt(-sim_k_log(tail));
    const double z = r <= 5.0
                         ? poly7(tail_num, r - 1.6) / poly7(tail_den, r - 1.6)
                         : poly7(far_num, r - 5.0) / poly7(far_den, r - 5.0);
    return q < 0.0 ? -z : z;
}

double sim_normal_cdf(double z)
{
    const double a = fabs(z);
    const double t = (a - 4.0) / (a + 4.0);
    /* a = head + rest with head on a grid of 1/16, so that head^2 is exact
     * and the rounding of z^2 does not enter the exponential */
    const double head = (a + SIM_K_ROUND / 16.0) - SIM_K_ROUND / 16.0;
    double y = mills[24];

    if (a > 40.0)
        return z < 0.0 ? 0.0 : 1.0;
    for (int i = 23; i >= 0; i--)
        y = y * t + mills[i];
    const double tail = y / (a + 4.0) * sim_k_exp(-0.5 * head * head) *
                        sim_k_exp(-0.5 * (a - head) * (a + head));
    return z < 0.0 ? tail : 1.0 - tail;
}

SIM_CLONES void sim_log_n(const double *x, double *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = sim_k_log(x[i]);
}

SIM_CLONES void sim_exp_n(const double *x, double *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = sim_k_exp(x[i]);
}

SIM_CLONES void sim_sincos_2pi_n(
    const double *t, double *s, double *c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double sin_i, cos_i;
        sim_k_sincos_2pi(t[i], &sin_i, &cos_i);
        s[i] = sin_i;
        c[i] = cos_i;
    }
}
