extension DatasetName {
    /// Photographs of ten classes.
    public static let cifar10 = DatasetName(
        name: "cifar10", displayName: "CIFAR-10",
        classNames: words("airplane automobile bird cat deer dog frog horse ship truck"), trainImages: 50_000, testImages: 10_000,
        channels: 3, side: 32)

    /// Photographs of a hundred classes, the fine labels.
    public static let cifar100 = DatasetName(
        name: "cifar100", displayName: "CIFAR-100", classNames: words(cifar100ClassNames), trainImages: 50_000,
        testImages: 10_000, channels: 3, side: 32)

    /// Handwritten digits, used in the paper's preliminary tests.
    public static let mnist = DatasetName(
        name: "mnist", displayName: "MNIST", classNames: words("0 1 2 3 4 5 6 7 8 9"), trainImages: 60_000, testImages: 10_000,
        channels: 1, side: 28)

    /// Drawn by the program itself; needs no download.
    public static let shapes = DatasetName(
        name: "shapes", summary: "drawn by the program; no download", displayName: "Shapes",
        classNames: words("disc ring square triangle star cross crescent heart arrow bar"), trainImages: 10_000,
        testImages: 2_000, channels: 3, side: 32)

    /// A drawn graph of five communities; needs no download.
    public static let communities = DatasetName(
        graph: "communities", summary: "a drawn graph; no download", displayName: "Communities",
        classNames: words("amber birch cedar dahlia elm"), nodes: 2_000, features: 64)

    /// Papers with their words, linked by citations (McCallum et al. 2000).
    public static let cora = DatasetName(
        graph: "cora", summary: "a graph of papers and citations", displayName: "Cora",
        classNames: words(
            "Case_Based Genetic_Algorithms Neural_Networks Probabilistic_Methods Reinforcement_Learning Rule_Learning Theory"),
        nodes: 2_708, features: 1_433)

    private static func words(_ text: String) -> [String] { text.split(whereSeparator: \.isWhitespace).map(String.init) }

    private static let cifar100ClassNames = """
        apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can
        castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin
        elephant flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster
        man maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck
        pine_tree plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk
        skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone television tiger
        tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm
        """
}
