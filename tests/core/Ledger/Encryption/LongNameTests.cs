using System.Security.Cryptography;
using DevOpsAI.Ledger.Encryption;

namespace DevOpsAI.Tests.Ledger.Encryption;

/// <summary>Names of streams come from outside, as with an alert's own key, and may be of any length.</summary>
public sealed class LongNameTests
{
    [Theory]
    [InlineData(DataKey.MaxInfoLength)]
    [InlineData(DataKey.MaxInfoLength + 1)]
    [InlineData(30_000)]
    public void Long_names_derive_what_the_platform_derives(int length)
    {
        var key = DataKey.Create("t1");
        var info = RandomNumberGenerator.GetBytes(length);
        foreach (var size in (int[])[16, 32, 64, 100])
        {
            var derived = new byte[size];
            key.TryDerive(info, derived).ShouldBeTrue();
            derived.ShouldBe(HKDF.Expand(HashAlgorithmName.SHA256, key.Export(), size, info));
        }
    }

    [Fact]
    public void A_name_that_the_platform_refuses_is_derived_from_all_the_same()
    {
        var key = DataKey.Create("t1");
        var (one, other) = (new byte[64], new byte[64]);
        var info = RandomNumberGenerator.GetBytes(200_000);
        key.TryDerive(info, one).ShouldBeTrue();
        info[^1] ^= 1;
        key.TryDerive(info, other).ShouldBeTrue();
        one.ShouldNotBe(other);
    }
}
