using DevOpsAI.Common;

namespace DevOpsAI.Tests.Common;

public sealed class UntrustedTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("msteams", "msteams")]
    [InlineData("https://smba.trafficmanager.net/emea/", "https://smba.trafficmanager.net/emea/")]
    [InlineData("a\r\nfail: \u001b[31m", "a\\u000d\\u000afail: \\u001b[31m")]
    [InlineData("\u202e\u2028", "\\u202e\\u2028")]
    [InlineData("\\u000a", "\\u005cu000a")]
    public void A_log_shows_printable_characters_only(string? value, string? shown) => Untrusted.Shown(value).ShouldBe(shown);

    [Theory]
    [InlineData('x')]
    [InlineData('<')]
    [InlineData('\ud800')]
    public void However_long_a_value_is_it_adds_a_line_at_most(char one) =>
        Untrusted.Shown(new string(one, 250_000))!.Length.ShouldBeLessThanOrEqualTo(6 * Untrusted.MaxLength + 3);
}
