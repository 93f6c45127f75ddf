using System.Collections.Immutable;
using System.Text;
using DevOpsAI.Ledger.Snapshots;

namespace DevOpsAI.Tests.Ledger.Snapshots;

public sealed class SharedTextJsonTests
{
    [Theory]
    [InlineData("19:client@thread.tacv2")]
    [InlineData("\"quoted\" \\ and ä \u2028 \U0001f600")]
    [InlineData("")]
    public void A_text_that_stands_in_many_places_of_what_is_read_is_one_object(string text)
    {
        var json = StateJson.Write<ImmutableArray<string>>([text, "other", text]);
        using var sharing = SharedTextJson.Begin();

        var read = StateJson.Read<ImmutableArray<string>>(json);

        read.ShouldBe([text, "other", text]);
        ReferenceEquals(read[0], read[2]).ShouldBeTrue();
    }

    [Fact]
    public void A_long_text_is_read_as_it_is()
    {
        var text = new string('ä', 5_000);
        using var sharing = SharedTextJson.Begin();

        StateJson.Read<ImmutableArray<string>>(StateJson.Write<ImmutableArray<string>>([text, text])).ShouldBe([text, text]);
    }

    [Fact]
    public void Nothing_is_shared_once_the_reading_is_over()
    {
        var json = Encoding.UTF8.GetBytes("""["of one client","of one client"]""");
        using (SharedTextJson.Begin())
            StateJson.Read<ImmutableArray<string>>(json);

        var read = StateJson.Read<ImmutableArray<string>>(json);

        ReferenceEquals(read[0], read[1]).ShouldBeFalse();
    }
}
