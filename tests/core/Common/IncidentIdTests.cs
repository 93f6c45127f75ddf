using System.Text;
using System.Text.Json;
using DevOpsAI.Incidents;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Common;

public sealed class IncidentIdTests
{
    private static readonly Tenant Contoso = new(TenantId.Parse("contoso"), "Contoso Ltd", "CON");

    [Fact]
    public void It_is_made_of_the_tenants_prefix_and_a_number()
    {
        var id = IncidentId.Create(Contoso, 1042);
        id.ShouldSatisfyAllConditions(
            () => id.Value.ShouldBe("CON-1042"), () => id.ToString().ShouldBe("CON-1042"), () => id.Prefix.ShouldBe("CON"),
            () => id.Number.ShouldBe(1042), () => id.ShouldBe(IncidentId.Parse("con-1042")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("CON")]
    [InlineData("CON-")]
    [InlineData("-1042")]
    [InlineData("CON-1042-x1")]
    [InlineData("CON 1042")]
    [InlineData("CON-1042\n")]
    [InlineData("SRV01-1042")]
    [InlineData("TOOLONG-1042")]
    [InlineData("CON-1234567890")]
    [InlineData("ÇON-1042")]
    [InlineData("loan:L-1")]
    public void What_comes_from_outside_has_to_look_like_one(string text)
    {
        IncidentId.TryParse(text, out _).ShouldBeFalse();
        Should.Throw<FormatException>(() => IncidentId.Parse(text));
    }

    [Fact]
    public void One_that_was_never_given_a_value_is_noticed() =>
        Should.Throw<InvalidOperationException>(() => default(IncidentId).Value);

    [Fact]
    public void It_is_stored_as_its_text_and_read_whatever_it_is()
    {
        JsonSerializer.Serialize(Con(1042)).ShouldBe("\"CON-1042\"");
        var odd = JsonSerializer.Deserialize<IncidentId>("\"an old one\"");
        odd.ShouldSatisfyAllConditions(
            () => odd.Value.ShouldBe("an old one"), () => odd.Prefix.ShouldBeEmpty(), () => odd.Number.ShouldBeNull());
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<IncidentId>("null"));
    }

    [Fact]
    public void A_fact_keeps_it_as_it_always_did()
    {
        var closed = new IncidentClosed(Con(1042), "resolved");
        var stored = CoreFeatures.Catalog.Serialize(closed);
        Encoding.UTF8.GetString(stored).ShouldBe("""{"incidentId":"CON-1042","reason":"resolved"}""");
        CoreFeatures.Catalog.Deserialize(CoreFeatures.Catalog.GetName(closed), stored).ShouldBe(closed);
    }
}
