extension Settings {
    /// The same networks and the same batch of training images, with default values for the settings of training. Runs that differ in
    /// these alone are equal then.
    public var untrained: Settings {
        var settings = self
        (settings.dropout, settings.testSamples, settings.validationSamples) = (nil, nil, Default.validationSamples)
        (settings.augment, settings.mixup, settings.labelSmoothing) = (Default.augment, Default.mixup, Default.labelSmoothing)
        (settings.epochs, settings.learningRate) = (Default.epochs, Default.learningRate)
        if graphNodes == nil { settings.batchSize = stepRows }
        (settings.optimizer, settings.momentum, settings.weightDecay) = (Default.optimizer, Default.momentum, nil)
        (settings.schedule, settings.milestones, settings.gamma) = (Default.schedule, Default.milestones, Default.gamma)
        (settings.warmup, settings.gradientNoise) = (Default.warmup, Default.gradientNoise)
        (settings.weightAverage, settings.compress, settings.checkpointEvery) = (Default.weightAverage, nil, nil)
        settings.normalize()
        return settings
    }

    /// The same network with stored weights, in its linear part and in its convolutions.
    public var dense: Settings {
        var settings = self
        (settings.linear, settings.convolution) = (.mlp, nil)
        settings.normalize()
        return settings
    }
}
