using DevOpsAI.Bot.Teams.Protocol;

namespace DevOpsAI.Tests.Teams;

public sealed class MentionTests
{
    private const string Bot = "28:bot";

    [Theory]
    [InlineData("<at>Ops Bot</at> pending contoso", "pending contoso")]
    [InlineData("<AT>ops bot</AT>\u00A0pending <at>Ops Bot</at>", "pending")]
    [InlineData("pending", "pending")]
    [InlineData("<at>Ops Bot</at> reject &lt;b&gt; &amp;amp;", "reject <b> &amp;")]
    [InlineData("<at>Ops Bot</at> tell <at>Erik</at> hello", "tell Erik hello")]
    [InlineData("<at>Other Bot</at> pending", "Other Bot pending")]
    public void The_bots_mention_is_removed_by_id_and_others_become_names(string text, string expected) =>
        Mentions.Strip(new()
        {
            Text = text,
            Recipient = new(Bot, "Ops Bot"),
            Entities = [new("clientInfo"), new("mention", "<at>Ops Bot</at>", new(Bot, "whatever")),
                new("mention", "<at>Erik</at>", new("29:erik", "Erik"))],
        }).ShouldBe(expected);

    [Fact]
    public void A_mention_without_text_is_found_by_its_name() =>
        Mentions.Strip(new() { Text = "<at>Ops Bot</at> help", Recipient = new(Bot),
            Entities = [new("mention", null, new(Bot, "Ops Bot"))] }).ShouldBe("help");

    [Fact]
    public void Nobody_is_mistaken_for_the_bot_by_name() =>
        Mentions.Strip(new() { Text = "<at>Ops Bot</at> help", Recipient = new(Bot),
            Entities = [new("mention", "<at>Ops Bot</at>", new("29:x", "Ops Bot"))] })
            .ShouldBe("Ops Bot help");

    [Theory]
    [InlineData("28:bot", true)]
    [InlineData("29:x", false)]
    [InlineData(null, false)]
    public void The_bot_is_mentioned_by_its_id_alone(string? id, bool addressed) =>
        Mentions.OfRecipient(new() { Text = "<at>Ops Bot</at> help", Recipient = new(Bot, "Ops Bot"),
            Entities = [new("clientInfo"), new("mention", "<at>Ops Bot</at>", new(id, "Ops Bot"))] })
            .ShouldBe(addressed);

    [Fact]
    public void A_huge_text_is_cut() => Mentions.Strip(new() { Text = new string('x', 100_000) }).Length.ShouldBe(Mentions.MaxTextLength);
}
