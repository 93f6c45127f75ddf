using System.Text.Json;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Common;

public sealed class CorrelationIdTests
{
    [Fact]
    public void A_new_one_is_32_lower_case_digits_and_no_other_is_the_same()
    {
        var id = CorrelationId.New();
        id.Value.ShouldMatch("^[0-9a-f]{32}$");
        CorrelationId.New().ShouldNotBe(id);
        id.ToString().ShouldBe(id.Value);
        CorrelationId.Parse(id.Value).ShouldBe(id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two\nlines")]
    [InlineData("Zoë")]
    public void What_comes_from_outside_has_to_be_printable(string text)
    {
        CorrelationId.TryParse(text, out _).ShouldBeFalse();
        CorrelationId.TryParse(new string('x', CorrelationId.MaxLength + 1), out _).ShouldBeFalse();
        Should.Throw<FormatException>(() => CorrelationId.Parse(text));
    }

    [Fact]
    public void One_that_was_never_given_a_value_is_noticed() =>
        Should.Throw<InvalidOperationException>(() => default(CorrelationId).Value);

    [Fact]
    public void It_is_stored_as_its_text_and_read_whatever_it_is()
    {
        JsonSerializer.Serialize(CorrelationId.Parse("heartbeat-7")).ShouldBe("\"heartbeat-7\"");
        JsonSerializer.Deserialize<CorrelationId>("\"Zoë\"").Value.ShouldBe("Zoë");
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<CorrelationId>("null"));
    }
}
